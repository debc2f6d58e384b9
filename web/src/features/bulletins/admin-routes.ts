import { administrators, allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/bulletins', component: () => import('./BulletinsPage.vue'), meta: { shell: 'admin', title: () => t('bulletins'), access: allRoles } },
  { path: '/admin/bulletins/new', component: () => import('./NewBulletinPage.vue'), meta: { shell: 'admin', title: () => t('new'), access: administrators } },
  { path: '/admin/bulletins/settings', component: () => import('./SettingsPage.vue'), meta: { shell: 'admin', title: () => t('settings'), access: administrators } },
  { path: '/admin/bulletins/schedules', component: () => import('./SchedulesPage.vue'), meta: { shell: 'admin', title: () => t('schedules'), access: administrators } },
  { path: '/admin/bulletins/:id(\\d+)', component: () => import('./BulletinPage.vue'), meta: { shell: 'admin', title: () => t('bulletin'), access: allRoles } },
]
