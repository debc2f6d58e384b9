import { expect, test } from 'vitest'
import type { Notice } from '@/api/notices'
import { setLanguage } from '@/lib/i18n'
import { wordsOf } from './words'

const item = (days_left: number, campaign_id = '1') => ({ campaign_id, campaign: '全省认证', organisation_id: '2', organisation: '一（3）班', deadline: '2026-12-01', days_left, missing: 1234 })
const notice = (kind: string, details: unknown): Notice => ({ id: '1', kind, details, link: '/admin', at: '2026-11-27T00:00:00Z' }) as Notice

test('a digest says how many are missing and how long there is', () => {
  expect(wordsOf(notice('campaigns.digest', { items: [item(3)] }))).toEqual({ head: '认证工作提醒：全省认证', lines: ['一（3）班：还缺 1,234 人，2026-12-01 截止，还剩 3 天'] })
  expect(wordsOf(notice('campaigns.digest', { items: [item(0)] })).lines).toEqual(['一（3）班：还缺 1,234 人，今天截止'])
  expect(wordsOf(notice('campaigns.digest', { items: [item(-1)] })).lines).toEqual(['一（3）班：还缺 1,234 人，已于 2026-12-01 截止'])
  expect(wordsOf(notice('campaigns.digest', { items: [item(1), item(7, '9')] })).lines[0]).toContain('全省认证 · ')
})

test('of each phase it says what is missing there', () => {
  const lines = (...items: unknown[]) => wordsOf(notice('campaigns.digest', { items })).lines
  expect(lines({ ...item(3), phase: 'training' }, { ...item(0), phase: 'roster', kind: 'county' }, { ...item(-1), phase: 'roster', kind: 'school' }, { ...item(1), phase: 'checking' }, { ...item(1), phase: 'certification' })).toEqual([
    '一（3）班：还有 1,234 个岗位没有人参加培训，2026-12-01 截止，还剩 3 天',
    '一（3）班：还有 1,234 所学校没有导入名册，今天截止',
    '一（3）班：还没有导入名册，已于 2026-12-01 截止',
    '一（3）班：还有 1,234 份申请待审核，2026-12-01 截止，还剩 1 天',
    '一（3）班：还缺 1,234 人，2026-12-01 截止，还剩 1 天',
  ])
  setLanguage('en')
  expect(lines({ ...item(3), phase: 'training', missing: 1 }, { ...item(1), phase: 'checking', missing: 2 })).toEqual(['一（3）班: nobody was trained for 1 office, due 2026-12-01, 3 days left', '一（3）班: 2 applications wait for review, due 2026-12-01, 1 day left'])
  setLanguage('zh-CN')
})

test('a delegation says by whom, for what and for how long', () => {
  const details = { from_name: '王芳', organisation: '一（3）班', starts_on: '2026-12-01', ends_on: '2026-12-05' }
  expect(wordsOf(notice('campaigns.brought_forward', { campaign: '全省认证', organisation: '玄武区', phase: 'roster', before: '2026-12-09', after: '2026-12-05' }))).toEqual({ head: '截止日期提前：全省认证', lines: ['玄武区：名册导入由 2026-12-09 提前到 2026-12-05'] })
  expect(wordsOf(notice('applications.delegated', details))).toEqual({ head: '王芳委托您代为审核', lines: ['一（3）班，2026-12-01 至 2026-12-05'] })
})

test('bulk work from above says what was done at the school, and why', () => {
  const details = { action: 'close', by: '玄武区', school: '玄武湖小学', done: 1234, reason: '长期未补正' }
  expect(wordsOf(notice('applications.bulk', details))).toEqual({ head: '玄武区批量关闭了玄武湖小学的 1,234 份申请', lines: ['原因：长期未补正'] })
  setLanguage('en')
  expect(wordsOf(notice('applications.bulk', { ...details, action: 'undo', done: 1, reason: '' })).head).toBe('玄武区 undid bulk work at 玄武湖小学: 1 application is as it was')
  setLanguage('zh-CN')
})

test('a plan that failed says which, when and why', () => {
  const details = { id: '5', act: 'rename', organisation_id: '7', organisations: '望月小学', into: '明月小学', on: '2026-12-01', error: 'organisations.name_taken' }
  expect(wordsOf(notice('restructuring.failed', details))).toEqual({
    head: '计划的机构调整未能执行：更名 望月小学 → 明月小学',
    lines: ['原定 2026-12-01 执行；处理后可以重新安排', '原因：同一上级之下已有同名机构'],
  })
  expect(wordsOf(notice('restructuring.failed', { ...details, error_name: '明月小学' })).lines[1]).toBe('原因：同一上级之下已有同名机构：明月小学')
})

test('a kind without words of its own is still shown', () => {
  expect(wordsOf(notice('later.than_this_client', {}))).toEqual({ head: '您有一条新提醒', lines: [] })
})
