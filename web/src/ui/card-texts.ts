import { texts } from '@/lib/i18n'

export const t = texts({
  card: ['电子教育卡', 'Education e-card'],
  title_student: ['电子学生证', 'Electronic student ID'],
  title_teacher: ['电子教师证', 'Electronic teacher ID'],
  title_staff: ['电子工作证', 'Electronic staff ID'],
  stage_primary: ['小学', 'Primary'],
  stage_junior: ['初中', 'Junior'],
  stage_senior: ['高中', 'Senior'],
  stage_vocational: ['中职', 'Vocational'],
  stage_special: ['特教', 'Special'],
  role_student: ['学生', 'Student'],
  role_teacher: ['教师', 'Teacher'],
  role_staff: ['职工', 'Staff'],
  name: ['姓名', 'Name'],
  school: ['学校', 'School'],
  class: ['班级', 'Class'],
  issued: ['发卡 {day}', 'Issued {day}'],
})
