import { texts } from '@/lib/i18n'

export const t = texts({
  help: ['帮助', 'Help'],
  answer: ['问答', 'Answer'],
  questions: ['问答管理', 'Questions'],
  question: ['编辑问答', 'Edit an entry'],
})
