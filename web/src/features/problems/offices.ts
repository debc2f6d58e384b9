// The desks of who is signed in: those of the organisations that they administer.
import { computed } from 'vue'
import { me } from '@/app/session'

export const offices = computed(() => (me.value?.roles ?? []).filter(one => one.role !== 'class_teacher').map(one => ({ value: one.organisation_id, label: one.organisation_name })))
