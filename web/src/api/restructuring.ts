import type { Body, Schema } from './types'

export type RestructuringOrder = Body<'/api/v1/restructurings', 'post'>
export type RestructuringAct = RestructuringOrder['act']
export type RestructuringPreview = Schema<'restructuring.Preview'>
export type Restructuring = Schema<'restructuring.View'>
export type YearClasses = Schema<'restructuring.YearClasses'>
