import { texts } from '@/lib/i18n'

export const t = texts({
  authorize: ['登录应用', 'Sign in to an app'],
  device: ['登录设备', 'Sign in on a device'],
  logout: ['退出登录', 'Sign out'],
  school_apps: ['学校应用', 'School apps'],
  apps: ['已授权的应用', 'Apps that I let in'],
})
