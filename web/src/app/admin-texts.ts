import { texts } from '@/lib/i18n'

/** Headings of the side bar. */
export const t = texts({
  people: ['师生与证卡', 'People and cards'],
  places: ['机构与设置', 'Organisations and settings'],
  programme: ['工作推进', 'Programme'],
  help: ['答疑与求助', 'Questions and problems'],
  apps: ['应用', 'Apps'],
})
