// People who do not exist, with ID numbers that check (GB 11643-1999), the same ones for the same seed.

/** A small seeded generator (mulberry32), so that a failing test can be run again. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

export function nationalId(division, birth, sequence) {
  const body = division + birth.replaceAll('-', '') + String(sequence).padStart(3, '0')
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0)
  return body + '10X98765432'[sum % 11]
}

const surnames = [...'王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗']
const given = ['子涵', '雨桐', '一诺', '浩然', '欣怡', '梓萱', '宇轩', '思远', '静姝', '明哲', '可心', '书瑶', '俊杰', '婉清', '嘉懿']

/** Who confirms in smallSchool(); nobody's guardian, as a class teacher may not confirm a namesake's child unasked. */
export const classTeacher = '陈静姝'

/** `count` different people born in the given years, with every fiftieth bearing a rare name. */
export function people(count, { seed = 1, from = 2012, to = 2014, division = '320106' } = {}) {
  const next = random(seed)
  const rare = ['欧阳𬭊', '王㛃', '䶮小满', '阿依古丽·买买提']
  return Array.from({ length: count }, (_, index) => {
    const year = from + Math.floor(next() * (to - from + 1))
    const birth = `${year}-${String(1 + Math.floor(next() * 12)).padStart(2, '0')}-${String(1 + Math.floor(next() * 28)).padStart(2, '0')}`
    const pick = list => list[Math.floor(next() * list.length)]
    const guardianOf = name => {
      const drawn = pick(surnames) + pick(given)
      if (drawn === name) return drawn.slice(0, 1) + '建国'
      return drawn === classTeacher ? drawn.slice(0, 1) + '书瑶' : drawn
    }
    const name = index % 50 === 49 ? rare[Math.floor(index / 50) % rare.length] : pick(surnames) + pick(given)
    return {
      name,
      birth,
      gender: index % 2 ? 'male' : 'female',
      number: nationalId(division, birth, ((seed * 262 + index * 2) % 1000) + (index % 2)),
      guardian: guardianOf(name),
      phone: '138' + String(10000000 + ((seed * 7919 + index * 104729) % 89999999)).padStart(8, '0'),
    }
  })
}
