// What a notice says, by its kind.
import type { AppDetails, BroughtForwardDetails, BulkDoneDetails, CampaignDetails, DelegationDetails, DigestItem, FailedPlanDetails, Notice, TrainingDetails } from '@/api/notices'
import { actLabel } from '@/features/restructuring/acts'
import { blockerLabel } from '@/features/restructuring/blockers'
import { count, time } from '@/lib/format'
import { colon } from '@/lib/i18n'
import { t } from './texts'

export interface Words {
  head: string
  lines: string[]
}

function missing({ phase = 'certification', kind, organisation, missing, deadline: day, days_left: days }: DigestItem): string {
  const what = phase === 'roster' && kind === 'school' ? t('missing_roster_school') : t(`missing_${phase}`, { n: count(missing) })
  const due = days > 0 ? t('left', { day, days }) : days === 0 ? t('today') : t('over', { day })
  return t('line', { organisation, what, due })
}

export function wordsOf(notice: Notice): Words {
  if (notice.kind === 'campaigns.brought_forward') {
    const { campaign, organisation, phase, before, after } = notice.details as BroughtForwardDetails
    return { head: t('brought_forward', { campaign }), lines: [t('brought_forward_line', { organisation, phase: t(`phase_${phase}`), before, after })] }
  }
  if (notice.kind.startsWith('campaigns.')) {
    const { by, items } = notice.details as CampaignDetails
    const several = new Set(items.map(item => item.campaign_id)).size > 1
    const lines = items.map(item => (several ? `${item.campaign} · ${missing(item)}` : missing(item)))
    const about = several || !items[0] ? '' : colon() + items[0].campaign
    return { head: (notice.kind === 'campaigns.call' ? t('call', { by: by ?? '' }) : t('digest')) + about, lines }
  }
  if (notice.kind.startsWith('training.')) {
    const details = notice.details as TrainingDetails
    const what = notice.kind.slice('training.'.length)
    const head = what === 'moved' ? t('moved', details) : what === 'cancelled' ? t('cancelled', details) : t('invited', details)
    const lines = [t('session', { ...details, time: time(details.begins_at) })]
    return { head, lines: details.reason ? [...lines, t('because', { reason: details.reason })] : lines }
  }
  if (notice.kind === 'portal.decided') {
    const { app, act, reason } = notice.details as AppDetails
    return { head: t(`app_${act}`, { app }), lines: reason ? [t('because', { reason })] : [] }
  }
  if (notice.kind === 'applications.delegated') {
    const { from_name, organisation, starts_on, ends_on } = notice.details as DelegationDetails
    return { head: t('delegated', { name: from_name ?? '' }), lines: [t('delegated_for', { organisation, from: starts_on, until: ends_on })] }
  }
  if (notice.kind === 'applications.bulk') {
    const { action, by, school, done, reason } = notice.details as BulkDoneDetails
    return { head: t(`bulk_${action}`, { by, n: count(done), school }), lines: reason ? [t('because', { reason })] : [] }
  }
  if (notice.kind === 'restructuring.failed') {
    const { act, organisations, into, on, error, error_name } = notice.details as FailedPlanDetails
    const what = [actLabel(act), organisations, into && `→ ${into}`].filter(Boolean).join(' ')
    return { head: t('plan_failed', { what }), lines: [t('plan_day', { day: on }), t('because', { reason: blockerLabel(error, error_name) })] }
  }
  return { head: t('other'), lines: [] }
}
