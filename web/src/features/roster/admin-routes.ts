import { administrators, allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/roster', component: () => import('./RosterPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: allRoles } },
  { path: '/admin/imports', component: () => import('./ImportsPage.vue'), meta: { shell: 'admin', title: () => t('imports'), access: administrators } },
  { path: '/admin/imports/:id', component: () => import('./ImportPage.vue'), meta: { shell: 'admin', title: () => t('imports'), access: administrators } },
]
