import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/training', component: () => import('./PlanPage.vue'), meta: { shell: 'admin', title: () => t('plan'), access: administrators } },
  { path: '/admin/training/new', component: () => import('./SessionForm.vue'), meta: { shell: 'admin', title: () => t('create'), access: administrators } },
  { path: '/admin/training/:id/edit', component: () => import('./SessionForm.vue'), meta: { shell: 'admin', title: () => t('edit'), access: administrators } },
  { path: '/admin/training/:id', component: () => import('./OrganisePage.vue'), meta: { shell: 'admin', title: () => t('session'), access: administrators } },
]
