import { texts } from '@/lib/i18n'

export const t = texts({
  authorize: ['登录应用', 'Sign in to an app'],
  apps: ['已授权的应用', 'Apps that I let in'],
})
