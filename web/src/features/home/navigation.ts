import { House } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/', label: () => t('home'), icon: House, order: 10, shell: 'citizen' }]
