import { texts } from '@/lib/i18n'

export const t = texts({
  bulletins: ['通报', 'Bulletins'],
  new: ['新建通报', 'New bulletin'],
  settings: ['通报编号与模板', 'Numbers and template of bulletins'],
  schedules: ['定期通报', 'Scheduled bulletins'],
  bulletin: ['通报', 'Bulletin'],
})
