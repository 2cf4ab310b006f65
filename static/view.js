/** What views are made of, in one place: html`…` templates, hooks and signals. */
import { Fragment, h, render } from "preact";
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "preact/hooks";
import { batch, computed, effect, signal } from "@preact/signals";
import htm from "htm";

export const html = htm.bind(h);
export {
  Fragment,
  batch,
  computed,
  effect,
  h,
  render,
  signal,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
};
