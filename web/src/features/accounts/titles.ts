import { texts } from '@/lib/i18n'

export const t = texts({
  login: ['登录', 'Sign in'],
  register: ['注册电子教育卡', 'Register for a card'],
  me: ['我的', 'Me'],
  sessions: ['登录的设备', 'Signed-in devices'],
  password: ['修改密码', 'Change password'],
  recover: ['找回密码', 'Reset a lost password'],
  phone: ['手机号', 'Phone'],
  second_factor: ['两步验证', 'Two-step verification'],
  history: ['账户记录', 'Account history'],
  consents: ['监护人同意', 'Guardian’s consent'],
  give_consent: ['重新同意', 'Consent again'],
  claim: ['登记证件', 'Add my document'],
})
