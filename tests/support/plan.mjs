// Campaigns and training sessions as the tests make them; days are counted from today, in China.
export const inDays = days => new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)

/** A campaign that began today and is to be done in so many days. */
export function campaignOf(days, more = {}) {
  return {
    name: '秋季学期教育卡认证', text: '', begins_on: inDays(0), ends_on: inDays(days + 30), concerns: ['student'], school_kinds: [], target_percent: 100, reminder_days: [14, 7, 3, 1],
    phases: [{ phase: 'certification', begins_on: inDays(0), deadline: inDays(days), later: 'locked' }], ...more,
  }
}

/** A session that begins in so many minutes and takes two hours. */
export function sessionOf(audience, { minutes = 24 * 60, ...more } = {}) {
  const at = added => new Date(Date.now() + (minutes + added) * 60_000).toISOString()
  return { title: '教育卡管理员培训', text: '', trainer: '省教育信息中心', place: '南京会场', link: '', begins_at: at(0), ends_at: at(120), audience: [audience], ...more }
}
