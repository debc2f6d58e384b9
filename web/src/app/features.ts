// How a feature joins the client: features/<name>/routes.ts exports `routes` (titles, guards and lazy components; those of what everybody
// opens are loaded at once, the others with the first of their pages), for the administrators' side admin-routes.ts (loaded with the first of its pages); navigation.ts exports
// `navigation` (icons; loaded with the shell that shows them).
import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import type { Role } from '@/api/types'

/** Which frame a page is shown in: with tabs for citizens, with the side bar for administrators, or alone. */
export type Shell = 'citizen' | 'admin' | 'plain'

declare module 'vue-router' {
  interface RouteMeta {
    shell?: Shell
    title?: () => string
    /** Who may open the page; without it, whoever is signed in. */
    access?: 'anyone' | 'signed_in' | readonly Role[]
  }
}

export type FeatureRoute = RouteRecordRaw & { meta: { shell: Shell; title: () => string } }

export interface NavigationEntry {
  to: string
  label: () => string
  icon: Component
  order: number
  shell: Shell
  /** Under which heading of the administrators' side bar it stands; without one, at the top. */
  group?: 'people' | 'places' | 'programme' | 'help' | 'apps'
  /** Shown to holders of one of these roles; to everybody when absent. */
  roles?: readonly Role[]
}

export const allRoles: readonly Role[] = ['province_admin', 'city_admin', 'county_admin', 'school_admin', 'class_teacher']
export const administrators: readonly Role[] = ['province_admin', 'city_admin', 'county_admin', 'school_admin']
