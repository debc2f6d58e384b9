import { texts } from '@/lib/i18n'

export const t = texts({
  reset: ['重置密码', 'Reset the password'],
  title: ['为“{name}”重置密码', 'Reset the password of {name}'],
  lead: ['请当面确认是本人，再把一次性密码交给他（她）。原密码立即失效，所有设备退出登录；本人会看到是谁办理的。', 'Make sure that it is them, face to face, and hand the one-time password over. The old password ends at once, all devices are signed out, and the owner sees who did it.'],
  lost_all: ['同时移除两步验证：本人的设备和恢复码都已丢失', 'Remove second factors too: they lost the device and the recovery codes'],
  user_name: ['用户名', 'User name'],
  one_time: ['一次性密码', 'One-time password'],
  until: ['有效至 {time}，登录后须立即设置新密码。关闭后不再显示。', 'Good until {time}; it has to be changed right after signing in. It is not shown again.'],
  factor_stays: ['登录时仍须两步验证（通行密钥、验证码或恢复码）。', 'Signing in still asks for the second factor (passkey, code or recovery code).'],
  copy: ['复制', 'Copy'],
  close: ['完成', 'Done'],
  cancel: ['取消', 'Cancel'],
  make: ['生成一次性密码', 'Make a one-time password'],
})
