import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/help', component: () => import('./HelpPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('help') } },
  { path: '/help/:id', component: () => import('./AnswerPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('answer') } },
]
