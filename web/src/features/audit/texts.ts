import { texts } from '@/lib/i18n'

export const t = texts({
  title: ['审计日志', 'Audit log'],
  subtitle: ['谁看过、改过什么；只能追加，每秒封存，改动可被发现', 'Who saw or changed what: append-only, sealed every second, tamper-evident'],
  from: ['从', 'From'],
  until: ['到', 'Until'],
  action: ['操作', 'Action'],
  any_action: ['全部操作', 'Any action'],
  at: ['时间', 'Time'],
  who: ['操作人', 'Who'],
  subject: ['对象', 'Subject'],
  details: ['详情', 'Details'],
  seal: ['封存', 'Seal'],
  sealed: ['已封存', 'Sealed'],
  unsealed: ['待封存', 'Not yet'],
  system: ['系统', 'System'],
  account: ['账户 {id}', 'Account {id}'],
  me: ['我', 'Me'],
  empty: ['没有符合条件的记录', 'No event fits these conditions'],
})

/** The acts that are recorded, in words. One that is not listed is shown by its code. */
export const actions = {
  'accounts.registered': ['注册账户', 'Registered'],
  'accounts.appointed': ['任命', 'Appointed'],
  'accounts.appointment_ended': ['结束任职', 'Ended an office'],
  'accounts.password_changed': ['修改密码', 'Changed the password'],
  'accounts.phone_changed': ['修改手机号', 'Changed the phone'],
  'accounts.consent_withdrawn': ['撤回同意', 'Withdrew consent'],
  'applications.submitted': ['提交申请', 'Handed in'],
  'applications.withdrawn': ['撤回申请', 'Withdrew an application'],
  'applications.approved': ['通过申请', 'Approved'],
  'applications.returned': ['退回申请', 'Returned'],
  'applications.rejected': ['不予通过', 'Rejected'],
  'applications.delegated': ['委托审核', 'Delegated review'],
  'applications.delegation_revoked': ['收回委托', 'Ended a delegation'],
  'applications.number_revealed': ['查看申请人完整证件号码', 'Saw the whole number of an applicant'],
  'applications.guardians_revealed': ['查看监护人完整信息', 'Saw guardians in full'],
  'cards.issued': ['生成教育卡号', 'Issued a card number'],
  'cards.device_enrolled': ['启用设备上的电子卡', 'Enrolled a device'],
  'cards.device_withdrawn': ['停用设备上的电子卡', 'Withdrew a device'],
  'cards.reported_lost': ['挂失', 'Reported lost'],
  'cards.suspended': ['暂停教育卡', 'Suspended a card'],
  'cards.resumed': ['恢复教育卡', 'Resumed a card'],
  'cards.revoked': ['注销教育卡', 'Revoked a card'],
  'organisations.created': ['设立机构', 'Founded an organisation'],
  'organisations.changed': ['修改机构', 'Changed an organisation'],
  'organisations.closed': ['撤销机构', 'Closed an organisation'],
  'roster.import_uploaded': ['上传名册', 'Uploaded a roster'],
  'roster.import_confirmed': ['确认导入名册', 'Confirmed a roster import'],
  'roster.number_revealed': ['查看名册完整证件号码', 'Saw a whole number of the roster'],
  'roster.rejected_rows_read': ['下载不能导入的行', 'Downloaded rejected rows'],
  'keys.rotated': ['更换密钥', 'Rotated keys'],
} as const satisfies Record<string, readonly [string, string]>

const words = texts(actions)
export const actionCodes = Object.keys(actions) as (keyof typeof actions)[]
export const actionLabel = (code: string) => (code in actions ? words(code as keyof typeof actions) : code)
