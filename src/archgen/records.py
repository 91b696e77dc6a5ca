"""The decorator of archgen's immutable data classes: that of the standard library, with methods that take less time to make.

The standard library compiles six methods for each class from text. archgen has 130 such classes before it has read a model, and
compiling their methods takes twice as long as parsing a model. Here, only `__init__` is compiled, once for all classes whose fields
have the same forms. Tests compare every method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter
    from reprlib import recursive_repr
    from types import FunctionType

    def dataclass(cls=None, /, *, frozen=False, slots=False, **others):
        """The class as `dataclasses.dataclass` makes it. Only immutable classes without other options are made here."""

        def make(cls):
            if not frozen or others:
                return dataclasses.dataclass(frozen=frozen, slots=slots, **others)(cls)
            return _make_frozen(cls, slots)

        return make if cls is None else make(cls)

    def _make_frozen(cls, slots):
        stated = vars(cls)
        hashes = stated.get("__hash__") is not None or ("__hash__" in stated and "__eq__" not in stated)
        own = {name for name in ("__init__", "__repr__", "__eq__") if name in stated}
        own |= {"__hash__"} if hashes else set()
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        fields = dataclasses.fields(made)
        compared = [field.name for field in fields if field.compare]
        hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
        methods = {
            "__repr__": _repr_of([field.name for field in fields if field.repr]),
            "__eq__": _eq_of(_getter(compared)),
            "__hash__": _hash_of(_getter(hashed)),
            **_refusals(made, frozenset(field.name for field in fields)),
        }
        if "__init__" not in own:
            methods["__init__"] = _init_of(made, fields)
        if slots:
            methods |= _states([field.name for field in fields])
        for name, method in methods.items():
            if name not in own:
                method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
                setattr(made, name, method)
        return made

    def _getter(names):
        """A function that returns the values of these attributes as a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        return (lambda record: (getattr(record, names[0]),)) if names else (lambda _record: ())

    def _init_of(cls, fields):
        """`__init__` of a class: code that is compiled once for each form of a list of fields, with the names of the fields put in."""
        taken = [field for field in fields if field.init or field.default_factory is not dataclasses.MISSING]
        form = "".join(_form_of(field) for field in taken)
        values = {"_set": object.__setattr__, "_FACTORY": _FACTORY}
        names, defaults = {}, []
        for position, field in enumerate(taken):
            names[f"_{position}"] = field.name
            if field.default_factory is not dataclasses.MISSING:
                values[f"_make{position}"] = field.default_factory
            if field.init and _form_of(field) != _GIVEN:
                defaults.append(_FACTORY if field.default is dataclasses.MISSING else field.default)
        code = _init_code(form, hasattr(cls, "__post_init__"))
        named = code.replace(
            co_varnames=tuple(names.get(name, name) for name in code.co_varnames),
            co_consts=tuple(names.get(value, value) for value in code.co_consts),
        )
        init = FunctionType(named, values, "__init__", tuple(defaults))
        init.__annotations__ = {**{field.name: field.type for field in fields if field.init}, "return": None}
        return init

    # The forms of a field: a value that is required, that has a default, that a function makes unless it is given, or always.
    _GIVEN, _DEFAULT, _UNLESS_GIVEN, _MADE = "gdum"

    def _form_of(field):
        if field.default_factory is not dataclasses.MISSING:
            return _UNLESS_GIVEN if field.init else _MADE
        return _GIVEN if field.default is dataclasses.MISSING else _DEFAULT

    @cache
    def _init_code(form, has_more):
        """The code of `__init__` for fields of these forms, which are called by their positions. Raises SyntaxError for a required field
        after one with a default."""
        parameters, lines = ["self"], []
        for position, kind in enumerate(form):
            value = f"_{position}"
            if kind != _MADE:
                parameters.append(value if kind == _GIVEN else f"{value}=None")
            if kind in (_UNLESS_GIVEN, _MADE):
                made = f"_make{position}()"
                value = made if kind == _MADE else f"{made} if {value} is _FACTORY else {value}"
            lines.append(f" _set(self,'_{position}',{value})")
        if has_more:
            lines.append(" self.__post_init__()")
        local = {}
        exec(f"def __init__({','.join(parameters)}):\n" + "\n".join(lines or [" pass"]), local)
        return local["__init__"].__code__

    def _repr_of(names):
        @recursive_repr()
        def shown(self):
            values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            return f"{self.__class__.__qualname__}({values})"

        return shown

    def _eq_of(values):
        def is_equal(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return is_equal

    def _hash_of(values):
        def hashed(self):
            return hash(values(self))

        return hashed

    def _refusals(cls, names):
        """Methods that refuse to change or delete a field, and everything else of an instance of this class."""

        def refuse_value(self, name, value):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def refuse_removal(self, name):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)

        return {"__setattr__": refuse_value, "__delattr__": refuse_removal}

    def _states(names):
        """Methods that copy and pickle instances with slots, whose attributes cannot be set."""

        def state(self):
            return [getattr(self, name) for name in names]

        def restore(self, values):
            for name, value in zip(names, values, strict=True):
                object.__setattr__(self, name, value)

        return {"__getstate__": state, "__setstate__": restore}

    class _Factory:
        """What the signature shows for a value that a function makes."""

        def __repr__(self):
            return "<factory>"

    _FACTORY = _Factory()
