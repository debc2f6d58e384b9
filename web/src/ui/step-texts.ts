import { texts } from '@/lib/i18n'

export const t = texts({
  back: ['返回', 'Back'],
  step: ['第 {at} 步，共 {of} 步', 'Step {at} of {of}'],
  change: ['修改', 'Change'],
})
