import { texts } from '@/lib/i18n'

export const t = texts({
  directory: ['应用', 'Apps'],
  join: ['加入应用', 'Come to an app'],
  developer: ['我开发的应用', 'Apps I develop'],
  apps: ['应用管理', 'Apps'],
  app: ['应用', 'App'],
  tokens: ['自助登记令牌', 'Registration tokens'],
  make: ['登记应用', 'Register an app'],
})
