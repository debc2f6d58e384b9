import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/questions', component: () => import('./QuestionsPage.vue'), meta: { shell: 'admin', title: () => t('questions'), access: administrators } },
  { path: '/admin/questions/:id', component: () => import('./QuestionPage.vue'), meta: { shell: 'admin', title: () => t('question'), access: administrators } },
]
