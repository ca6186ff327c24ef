// For the tests outside of this folder, whose packages it has.
export { type Ref, ref, watch } from '@vue/reactivity'
