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
  'accounts.consent_given': ['重新同意', 'Gave consent again'],
  'accounts.document_claimed': ['登记证件', 'Added a document'],
  'applications.submitted': ['提交申请', 'Handed in'],
  'applications.withdrawn': ['撤回申请', 'Withdrew an application'],
  'applications.discarded': ['删除草稿', 'Discarded a draft'],
  'applications.approved': ['通过申请', 'Approved'],
  'applications.returned': ['退回申请', 'Returned'],
  'applications.rejected': ['不予通过', 'Rejected'],
  'applications.delegated': ['委托审核', 'Delegated review'],
  'applications.delegation_revoked': ['收回委托', 'Ended a delegation'],
  'applications.number_revealed': ['查看申请人完整证件号码', 'Saw the whole number of an applicant'],
  'applications.guardians_revealed': ['查看监护人完整信息', 'Saw guardians in full'],
  'people.number_revealed': ['查看人员完整证件号码', 'Saw the whole number of a person'],
  'cards.issued': ['生成教育卡号', 'Issued a card number'],
  'cards.device_enrolled': ['启用设备上的电子卡', 'Enrolled a device'],
  'cards.device_withdrawn': ['停用设备上的电子卡', 'Withdrew a device'],
  'cards.reported_lost': ['挂失', 'Reported lost'],
  'cards.suspended': ['暂停教育卡', 'Suspended a card'],
  'cards.resumed': ['恢复教育卡', 'Resumed a card'],
  'cards.revoked': ['注销教育卡', 'Revoked a card'],
  'organisations.created': ['设立机构', 'Founded an organisation'],
  'organisations.changed': ['修改机构', 'Changed an organisation'],
  'organisations.import_confirmed': ['确认导入机构', 'Confirmed an import of organisations'],
  'organisations.closed': ['撤销机构', 'Closed an organisation'],
  'organisations.reopened': ['恢复机构', 'Reopened an organisation'],
  'roster.import_uploaded': ['上传名册', 'Uploaded a roster'],
  'roster.import_confirmed': ['确认导入名册', 'Confirmed a roster import'],
  'roster.number_revealed': ['查看名册完整证件号码', 'Saw a whole number of the roster'],
  'roster.first_rows_read': ['查看名册文件的前几行', 'Read the first lines of a roster file'],
  'roster.rejected_rows_read': ['下载不能导入的行', 'Downloaded rejected rows'],
  'keys.rotated': ['更换密钥', 'Rotated keys'],
} as const satisfies Record<string, readonly [string, string]>

/** Words for values of the API; one that is not listed is shown as it is. */
function labels<const T extends Record<string, readonly [string, string]>>(table: T) {
  const words = texts(table) as unknown as (key: string) => string
  return (key: string) => (Object.hasOwn(table, key) ? words(key) : key)
}

export const actionCodes = Object.keys(actions) as (keyof typeof actions)[]
export const actionLabel = labels(actions)
export const subjectLabel = labels({
  account: ['账户', 'Account'],
  application: ['申请', 'Application'],
  card: ['教育卡', 'Card'],
  consent: ['同意', 'Consent'],
  import: ['机构导入', 'Import of organisations'],
  organisation: ['机构', 'Organisation'],
  person: ['人员', 'Person'],
  roster_entry: ['名册记录', 'Roster entry'],
  roster_import: ['名册导入', 'Roster import'],
})
export const detailLabel = labels({
  rows: ['行数', 'Rows'],
  fresh: ['新增', 'New'],
  changed: ['变更', 'Changed'],
  unchanged: ['未变', 'Unchanged'],
  rejected: ['不能导入', 'Rejected'],
  missing: ['名单中缺少', 'Missing from the list'],
  create_classes: ['建立班级', 'Classes were made'],
  mark_missing_left: ['缺少的人标记为已离校', 'The missing were marked as having left'],
  from: ['原状态', 'State before'],
  reason: ['原因', 'Reason'],
  note: ['备注', 'Note'],
  stated: ['审核人声明', 'The reviewer stated'],
})
const value = labels({
  true: ['是', 'yes'],
  false: ['否', 'no'],
  active: ['有效', 'active'],
  suspended: ['暂停', 'suspended'],
  left: ['已离校', 'left'],
  revoked: ['已注销', 'revoked'],
  lost: ['挂失', 'lost'],
  found: ['已找回', 'found again'],
  misuse: ['冒用', 'misuse'],
  mistake: ['误发', 'mistake'],
  other: ['其他', 'other'],
  guardian_is_not_me: ['同名监护人不是本人', 'the guardian of the same name is somebody else'],
})
export const valueLabel = (one: unknown) => (one === null ? '—' : typeof one === 'object' ? JSON.stringify(one) : value(String(one)))
