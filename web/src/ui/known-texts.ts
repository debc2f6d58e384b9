import { texts } from '@/lib/i18n'

export const t = texts({
  known: ['已知问题', 'Known problems'],
  is_it_this: ['是不是这个问题？已在处理，无需重复提交', 'Is it this? It is being worked on; no need to report it again'],
  have_it: ['{n} 人遇到', 'met by {n}'],
  me_too: ['我也遇到', 'I have it too'],
  counted: ['已记录，解决后会更新', 'Counted'],
})
