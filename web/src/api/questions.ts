import type { Schema } from './types'

export type Answer = Schema<'questions.Answer'>
export type AnswerSummary = Schema<'questions.AnswerSummary'>
export type Found = Schema<'questions.Found'>
export type Question = Schema<'questions.Question'>
export type QuestionLine = Schema<'questions.QuestionLine'>
export type Version = Schema<'questions.Version'>
export type Complaint = Schema<'questions.Complaint'>
export type Audience = Answer['audience'][number]
export type State = Question['state']
export type Shortcoming = Complaint['reason']

export const audiences: readonly Audience[] = ['student', 'guardian', 'teacher', 'staff', 'administrator']
export const shortcomings: readonly Shortcoming[] = ['unclear', 'outdated', 'wrong', 'not_my_case', 'other']
