// Puts a text where the device keeps what is copied, and says whether that went well: browsers refuse it without HTTPS or leave.
import { say } from './status'
import { t } from './texts'

export async function copy(text: string) {
  try {
    await navigator.clipboard.writeText(text)
    say(t('copied'))
  } catch {
    say(t('copy_failed'), { kind: 'fault' })
  }
}
