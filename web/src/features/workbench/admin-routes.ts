import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [{ path: '/admin', component: () => import('./WorkbenchPage.vue'), meta: { shell: 'admin', title: () => t('title') } }]
