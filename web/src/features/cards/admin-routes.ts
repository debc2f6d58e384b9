import { allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/cards', component: () => import('./ManagePage.vue'), meta: { shell: 'admin', title: () => t('manage'), access: allRoles } },
  { path: '/admin/cards/:number', component: () => import('./ManagePage.vue'), meta: { shell: 'admin', title: () => t('manage'), access: allRoles } },
]
