// What a person chose for this device: theme, text size, language, single-key shortcuts. public/first-paint.js reads the same
// key before the first paint.
import { reactive, readonly, watch } from 'vue'
import { setLanguage, type Language } from '@/lib/i18n'

export type Theme = 'system' | 'light' | 'dark'
export interface Preferences {
  theme: Theme
  size: 'normal' | 'large'
  language: Language
  shortcuts: boolean
}

const key = 'educard.preferences'
const dark = matchMedia('(prefers-color-scheme: dark)')

function kept(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

const state = reactive<Preferences>({
  theme: 'system',
  size: 'normal',
  language: navigator.language.startsWith('zh') ? 'zh-CN' : 'en',
  shortcuts: true,
  ...kept(),
})
export const preferences = readonly(state)

export function choose(change: Partial<Preferences>) {
  Object.assign(state, change)
}

function apply() {
  const root = document.documentElement
  root.dataset.theme = state.theme === 'system' ? (dark.matches ? 'dark' : 'light') : state.theme
  if (state.size === 'large') root.dataset.size = 'large'
  else delete root.dataset.size
  setLanguage(state.language)
}

/** What a page was asked to speak (BCP 47 tags, the best first), for whoever has chosen nothing on this device. */
export function suggestLanguage(tags: string) {
  const first = tags.split(' ').find(tag => /^(zh|en)\b/i.test(tag))
  if (first && !kept().language) setLanguage(/^zh/i.test(first) ? 'zh-CN' : 'en')
}

export function startPreferences() {
  apply()
  dark.addEventListener('change', apply)
  watch(state, () => {
    apply()
    try {
      localStorage.setItem(key, JSON.stringify(state))
    } catch {
      // private mode without storage: the choice lasts as long as the page
    }
  })
}
