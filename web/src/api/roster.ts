import type { Schema } from './types'

export type RosterEntry = Schema<'roster.EntryView'>
export type Certification = RosterEntry['certification']
export type RosterImport = Schema<'roster.Import'>
export type ImportState = RosterImport['state']
export type ImportCounts = Schema<'roster.Counts'>
export type ImportColumn = Schema<'roster.ColumnView'>
export type RosterField = NonNullable<ImportColumn['field']>
export type ImportRow = Schema<'roster.ImportRow'>
export type RowOutcome = ImportRow['outcome']
export type SheetStart = Schema<'roster.SheetStart'>
