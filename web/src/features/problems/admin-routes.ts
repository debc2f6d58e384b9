import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/problems', component: () => import('./DeskPage.vue'), meta: { shell: 'admin', title: () => t('desk'), access: administrators } },
  { path: '/admin/problems/statistics', component: () => import('./StatisticsPage.vue'), meta: { shell: 'admin', title: () => t('statistics'), access: administrators } },
  { path: '/admin/problems/known', component: () => import('./NoticesPage.vue'), meta: { shell: 'admin', title: () => t('notices'), access: administrators } },
  { path: '/admin/problems/:id', component: () => import('./DeskProblemPage.vue'), meta: { shell: 'admin', title: () => t('problem'), access: administrators } },
]
