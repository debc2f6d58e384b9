import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/settings', component: () => import('./SettingsPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: administrators } },
]
