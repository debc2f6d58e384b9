import { Contact } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/contacts', label: () => t('title'), icon: Contact, order: 61, shell: 'admin', group: 'places', roles: administrators }]
