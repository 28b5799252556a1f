import logo from "./fairlead.svg";

export function Brand() {
  return (
    <span className="fl-brand">
      <img src={logo} alt="" width="28" height="28" />
      Fairlead
    </span>
  );
}
