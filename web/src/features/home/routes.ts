import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [{ path: '/', component: () => import('./HomePage.vue'), meta: { shell: 'citizen', title: () => t('home') } }]
