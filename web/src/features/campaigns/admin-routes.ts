import { administrators, allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/campaigns', component: () => import('./CampaignsPage.vue'), meta: { shell: 'admin', title: () => t('campaigns'), access: allRoles } },
  { path: '/admin/campaigns/new', component: () => import('./CampaignForm.vue'), meta: { shell: 'admin', title: () => t('create'), access: administrators } },
  { path: '/admin/campaigns/:id/edit', component: () => import('./CampaignForm.vue'), meta: { shell: 'admin', title: () => t('edit'), access: administrators } },
  { path: '/admin/campaigns/:id', component: () => import('./CampaignPage.vue'), meta: { shell: 'admin', title: () => t('campaigns'), access: allRoles } },
]
