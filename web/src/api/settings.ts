import type { Schema } from './types'

export type SettingsOf = Schema<'settings.SettingsOf'>
export type Setting = Schema<'settings.Setting'>
export type Locality = Schema<'settings.Locality'>
