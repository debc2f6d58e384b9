import type { Schema } from './types'

/** People by how far their certification has come. */
export type Counts = Schema<'rollout.Counts'>
export type NodeProgress = Schema<'rollout.NodeProgress'>
export type Progress = Schema<'rollout.Progress'>
