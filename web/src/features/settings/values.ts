import type { Setting } from '@/api/settings'
import { t } from './texts'

export function valueLabel(setting: Setting, value: string): string {
  if (setting.form === 'function') return t(value === 'on' ? 'on' : 'off')
  return value || t('empty_value')
}
