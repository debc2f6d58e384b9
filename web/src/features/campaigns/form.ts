// What is entered for a campaign, and how it is sent.
import type { Campaign, Concern, Later, NewCampaign, Phase } from '@/api/campaigns'
import type { SchoolKind } from '@/api/organisations'
import { day } from '@/lib/format'
import { allPhases } from './labels'

export interface PhaseFields {
  phase: Phase
  used: boolean
  begins_on: string
  deadline: string
  later: Later
  latest: string
}
export interface Fields {
  name: string
  text: string
  begins_on: string
  ends_on: string
  concerns: Concern[]
  school_kinds: SchoolKind[]
  target_percent: string
  phases: PhaseFields[]
  reminder_days: string
}

export function emptyFields(): Fields {
  return {
    name: '',
    text: '',
    begins_on: day(new Date()),
    ends_on: '',
    concerns: ['student', 'teacher'],
    school_kinds: [],
    target_percent: '100',
    phases: allPhases.map(phase => ({ phase, used: phase === 'certification', begins_on: '', deadline: '', later: 'locked', latest: '' })),
    reminder_days: '14,7,3,1',
  }
}

export function fieldsOf(campaign: Campaign): Fields {
  const phaseOf = (phase: Phase): PhaseFields => {
    const found = campaign.phases.find(one => one.phase === phase)
    if (!found) return { phase, used: false, begins_on: '', deadline: '', later: 'locked', latest: '' }
    return { phase, used: true, begins_on: found.begins_on, deadline: found.deadline, later: found.later, latest: found.latest ?? '' }
  }
  return {
    name: campaign.name,
    text: campaign.text,
    begins_on: campaign.begins_on,
    ends_on: campaign.ends_on,
    concerns: [...campaign.concerns],
    school_kinds: [...campaign.school_kinds],
    target_percent: String(campaign.target.percent),
    phases: allPhases.map(phaseOf),
    reminder_days: campaign.reminder_days.join(','),
  }
}

/** Nothing where something else than whole numbers stands. */
export function daysOf(text: string): number[] | undefined {
  const parts = text.split(/[,，、\s]+/).filter(part => part !== '')
  const days = parts.map(Number)
  return days.every(number => Number.isInteger(number) && number >= 0 && number <= 90) && days.length <= 8 ? days : undefined
}

/** The phases that are used, in the order in which they are sent. */
export const usedPhases = (fields: Fields) => fields.phases.filter(phase => phase.used)

export function contentOf(fields: Fields): Omit<NewCampaign, 'organisation_id'> {
  return {
    name: fields.name.trim(),
    text: fields.text.trim(),
    begins_on: fields.begins_on,
    ends_on: fields.ends_on,
    concerns: fields.concerns,
    school_kinds: fields.school_kinds,
    target_percent: Number(fields.target_percent),
    phases: usedPhases(fields).map(({ phase, begins_on, deadline, later, latest }) => ({ phase, begins_on: begins_on || fields.begins_on, deadline, later, latest: later === 'until' ? latest || null : null })),
    reminder_days: daysOf(fields.reminder_days) ?? [],
  }
}
