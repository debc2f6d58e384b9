import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/problems', component: () => import('./ProblemsPage.vue'), meta: { shell: 'citizen', title: () => t('problems') } },
  { path: '/problems/new', component: () => import('./ReportPage.vue'), meta: { shell: 'citizen', title: () => t('report') } },
  { path: '/problems/:id', component: () => import('./ProblemPage.vue'), meta: { shell: 'citizen', title: () => t('problem') } },
]
