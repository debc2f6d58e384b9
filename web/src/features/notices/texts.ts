import { texts } from '@/lib/i18n'

export const t = texts({
  title: ['提醒', 'Notices'],
  digest: ['认证工作提醒', 'About the certification'],
  call: ['{by}提醒您', '{by} reminds you'],
  left: ['{organisation}：还缺 {n} 人，{day} 截止，还剩 {days} 天', '{organisation}: {n} missing, due {day}, {days} {days:day|days} left'],
  today: ['{organisation}：还缺 {n} 人，今天截止', '{organisation}: {n} missing, due today'],
  over: ['{organisation}：还缺 {n} 人，已于 {day} 截止', '{organisation}: {n} missing, was due {day}'],
  invited: ['培训邀请：{title}', 'Invitation to training: {title}'],
  moved: ['培训时间或地点有变：{title}', 'Training at another time or place: {title}'],
  cancelled: ['培训已取消：{title}', 'Training cancelled: {title}'],
  session: ['{organisation}，{time} {place}', '{organisation}, {time} {place}'],
  app_approved: ['应用“{app}”已通过审核', 'The app “{app}” was approved'],
  app_returned: ['应用“{app}”被退回', 'The app “{app}” was returned'],
  app_to_test: ['应用“{app}”已转为测试', 'The app “{app}” is in test again'],
  delegated: ['{name}委托您代为审核', '{name} has you review in their place'],
  delegated_for: ['{organisation}，{from} 至 {until}', '{organisation}, {from} to {until}'],
  because: ['原因：{reason}', 'Reason: {reason}'],
  other: ['您有一条新提醒', 'There is something new for you'],
  open: ['查看', 'See'],
  dismiss: ['知道了', 'Got it'],
  dismiss_all: ['全部知道了', 'All read'],
})
