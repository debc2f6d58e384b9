import type { Body, Schema } from './types'

export type Campaign = Schema<'campaigns.CampaignView'>
export type CampaignItem = Schema<'campaigns.CampaignItem'>
export type PhaseView = Schema<'campaigns.PhaseView'>
export type Phase = PhaseView['phase']
export type Later = PhaseView['later']
export type CampaignState = Campaign['state']
export type Concern = Campaign['concerns'][number]
export type StandingRow = Schema<'campaigns.StandingRow'>
export type Standings = Schema<'campaigns.Standings'>
export type Standing = StandingRow['standing']
export type CampaignChange = Schema<'campaigns.ChangeView'>
export type PublishPreview = Schema<'campaigns.Preview'>
export type CallPreview = Schema<'campaigns.CallPreview'>
export type NewCampaign = Body<'/api/v1/campaigns', 'post'>
