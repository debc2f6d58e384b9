import { texts } from '@/lib/i18n'

export const t = texts({
  home: ['首页', 'Home'],
})
