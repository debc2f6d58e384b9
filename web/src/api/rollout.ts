import type { Schema } from './types'

/** People by how far their certification has come. */
export type Counts = Schema<'rollout.Counts'>
export type NodeProgress = Schema<'rollout.NodeProgress'>
export type Progress = Schema<'rollout.Progress'>
export type Trend = Schema<'rollout.Trend'>
export type TrendDay = Schema<'rollout.TrendDay'>
export type Comparison = Schema<'rollout.Comparison'>
export type Outline = Schema<'rollout.Outline'>
