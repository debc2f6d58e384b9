import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/apps/:id/webhooks', component: () => import('./WebhooksPage.vue'), meta: { shell: 'admin', title: () => t('webhooks'), access: administrators } },
]
