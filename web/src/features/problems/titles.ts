import { texts } from '@/lib/i18n'

export const t = texts({
  problems: ['我的问题', 'My problems'],
  report: ['报告问题', 'Report a problem'],
  problem: ['问题', 'Problem'],
  desk: ['问题服务台', 'Problem desk'],
  statistics: ['问题统计', 'Problem statistics'],
  notices: ['已知问题', 'Known problems'],
})
