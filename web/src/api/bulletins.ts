import type { Schema } from './types'

export type Bulletin = Schema<'bulletins.View'>
export type BulletinSummary = Schema<'bulletins.Summary'>
export type BulletinState = BulletinSummary['state']
export type BulletinLevel = BulletinSummary['level']
export type BulletinPeople = BulletinSummary['people']
export type Figures = Schema<'bulletins.Figures'>
export type FigureRow = Schema<'bulletins.FigureRow'>
export type Shown = Schema<'bulletins.Shown'>
export type Wording = Schema<'bulletins.Wording'>
export type BulletinPreview = Schema<'bulletins.Preview'>
export type Difference = Schema<'bulletins.Difference'>
export type BulletinSetting = Schema<'bulletins.SettingView'>
export type Schedule = Schema<'bulletins.ScheduleView'>
