import type { Body, Schema } from './types'

export type Organisation = Schema<'organisations.OrganisationView'>
export type OrganisationKind = Organisation['kind']
export type Stage = NonNullable<Organisation['stage']>
export type SchoolKind = NonNullable<Organisation['school_kind']>
export type OrganisationDetail = Schema<'organisations.OrganisationDetail'>
export type OrganisationDraft = Body<'/api/v1/organisations', 'post'>
export type OrganisationState = Schema<'organisations.State'>
export type BeforeClosing = Schema<'organisations.BeforeClosing'>
export type OrganisationImport = Schema<'organisations.ImportView'>
export type OrganisationImportKind = OrganisationImport['kind']
export type OrganisationImportRow = Schema<'organisations.ImportRow'>
