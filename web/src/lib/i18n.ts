// Texts in Chinese and English, side by side in each feature's texts.ts:
//
//   export const t = texts({ left: ['还剩 {n} 条', '{n} left'] })
//   t('left', { n: 3 })
//
// English says one thing and two things: `{n:row was|rows were}` is the first for 1, else the second.
// A missing key, a missing translation and a missing parameter are compile errors.
import { readonly, ref } from 'vue'

export type Language = 'zh-CN' | 'en'
export const languages: readonly Language[] = ['zh-CN', 'en']

const current = ref<Language>('zh-CN')
export const language = readonly(current)

/** Between the parts of a list, and before what explains. */
export const comma = () => (current.value === 'en' ? ', ' : '、')
export const colon = () => (current.value === 'en' ? ': ' : '：')

export function setLanguage(next: Language) {
  current.value = next
  document.documentElement.lang = next
}

type Parameters<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Parameters<Rest> : never
type Values<Text extends string> = [Parameters<Text>] extends [never] ? [] : [values: Record<Parameters<Text>, string | number>]
type Table = Record<string, readonly [chinese: string, english: string]>
export type Translate<T extends Table> = <Key extends keyof T & string>(key: Key, ...values: Values<T[Key][0]>) => string

export function fill(text: string, values: Record<string, string | number>): string {
  return text
    .replace(/\{(\w+):([^|}]*)\|([^}]*)\}/g, (_whole, name: string, one: string, more: string) => (String(values[name]) === '1' ? one : more))
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export function texts<const T extends Table>(table: T): Translate<T> {
  return (key, ...values) => {
    const text = table[key]![current.value === 'en' ? 1 : 0]
    return values[0] ? fill(text, values[0]) : text
  }
}
